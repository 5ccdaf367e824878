"""What the operating system says against a file, in Chinese and English."""

from __future__ import annotations

import errno

from gradphoto.portrait.reasons import Reason, reason

ZH = {
    errno.ENOENT: "文件或文件夹不存在",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许这样操作",
    errno.EISDIR: "这是一个文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段是文件，不是文件夹",
    errno.EEXIST: "已经有同名的文件",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "超出磁盘配额",
    errno.EFBIG: "文件太大",
    errno.EROFS: "磁盘是只读的",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ELOOP: "链接互相指向，成了循环",
    errno.EBUSY: "文件正被占用",
    errno.ENOMEM: "内存不足",
    errno.ESTALE: "网络文件夹已断开",
    errno.ETIMEDOUT: "网络文件夹没有响应",
}


def error_words(error: OSError) -> tuple[str, str]:
    """What is wrong (zh, en), without the file's name. An error that is not in the table is told by its number."""
    number = error.errno
    zh = ZH.get(number) if number is not None else None
    en = error.strerror or type(error).__name__
    return zh or f"系统错误 {number if number is not None else type(error).__name__}", en


def unreadable(error: OSError) -> Reason:
    """The reason `unreadable_file`, with what the system says."""
    zh, en = error_words(error)
    return reason("unreadable_file", zh=zh, en=en)
