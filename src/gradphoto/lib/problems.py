"""Everything that can go wrong for a person, in one table: code -> what happened, and the next step (zh, en).

    raise Problem("code_expired")
    raise Problem("too_many_tries", minutes=5)

Pages show it, the API returns it as {"code", "zh", "en", "next_zh", "next_en"}; the code is what programs may rely on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Words:
    """One problem: HTTP status, what happened and what to do (zh, en)."""

    status: int
    zh: str
    en: str
    next_zh: str
    next_en: str


PROBLEMS: dict[str, Words] = {
    # --- the code -------------------------------------------------------------------------------------------------
    "code_unreadable": Words(
        422,
        "图片里没有找到可识别的二维码",
        "No readable QR code in this picture",
        "请截取完整、清晰的采集码页面，再从相册选择；也可以直接输入采集码。",
        "Take a whole, sharp screenshot of the code's page and pick it again, or type the code.",
    ),
    "code_wrong": Words(
        422,
        "这不是有效的图像采集码",
        "This is not a valid collection code",
        "请登录学信网学信档案重新获取采集码，再试一次。",
        "Log in to CHSI, get the code again and retry.",
    ),
    "code_expired": Words(
        422,
        "采集码已过期",
        "The collection code has expired",
        "请登录学信网学信档案重新获取采集码。",
        "Log in to CHSI and get a new code.",
    ),
    "code_other_school": Words(
        422,
        "这个采集码所属的学校没有在本平台开放采集",
        "The code's school does not collect here",
        "请核对学校通知里的采集平台，或联系班主任。",
        "Check your school's notice, or ask your class adviser.",
    ),
    "code_taken": Words(
        409,
        "这个采集码已由其他账号使用",
        "Another account already uses this code",
        "如果不是您本人操作，请联系客服；如果是您的另一个账号，请先在那里退出。",
        "If that was not you, contact support; if it is your other account, sign out there first.",
    ),
    "code_not_here": Words(
        409,
        "请先识别采集码",
        "Scan the collection code first",
        "返回“获取采集资格”重新识别。",
        "Go back and scan it.",
    ),
    "last_four_wrong": Words(
        422,
        "信息不匹配",
        "The details don't match",
        "请核对采集码是否为本人的，并输入本人身份证号后四位（末位 X 大小写均可）。还可再试 {left} 次。",
        "Check that the code is yours and type the last four characters of your own ID number. {left} tries left.",
    ),
    "last_four_form": Words(
        422,
        "请输入四位字符",
        "Type four characters",
        "身份证号后四位，末位可能是 X。",
        "The last four characters of the ID number; the last may be X.",
    ),
    "too_many_tries": Words(
        429,
        "尝试次数过多，请稍后再试",
        "Too many tries",
        "请在 {wait_zh} 后再试。",
        "Try again in {wait_en}.",
    ),
    "batch_closed": Words(
        409,
        "本批次采集已截止",
        "This batch is closed",
        "请联系班主任或学校，申请延期。",
        "Ask your adviser or school for an extension.",
    ),
    # --- the account ----------------------------------------------------------------------------------------------
    "no_consent": Words(
        403,
        "需要先同意隐私说明",
        "Consent is needed first",
        "请回到首页阅读并同意。",
        "Go to the start page, read and agree.",
    ),
    "signed_out": Words(
        401,
        "登录已失效",
        "You are signed out",
        "请用采集码和身份证号后四位重新进入，资料都还在。",
        "Enter again with your code and last four; nothing is lost.",
    ),
    "not_found": Words(404, "没有找到", "Not found", "请返回首页。", "Go back to the start."),
    "not_allowed": Words(
        403, "没有权限", "Not allowed", "请用有权限的账号登录。", "Sign in with an account that may."
    ),
    # --- moves ----------------------------------------------------------------------------------------------------
    "move_not_possible": Words(
        409,
        "现在不能进行这一步",
        "This step is not possible now",
        "请刷新页面查看最新状态。",
        "Reload the page to see where things stand.",
    ),
    "moved_meanwhile": Words(
        409,
        "状态刚刚有变化",
        "Something changed just now",
        "请刷新页面后再操作。",
        "Reload the page and try again.",
    ),
    "not_paid": Words(
        402, "还没有支付", "Not paid yet", "请先支付，或请好友代付。", "Pay first, or ask a friend to."
    ),
    "photo_needed": Words(
        409,
        "请先上传照片",
        "Upload a photo first",
        "拍照或从相册选取后再提交。",
        "Take or pick a photo first.",
    ),
    "photo_not_ready": Words(
        409, "照片还在处理", "The photo is still being processed", "请稍候几秒。", "Wait a few seconds."
    ),
    "photo_failed": Words(
        409,
        "这张照片未达到要求",
        "This photo does not meet the rules",
        "请按提示重拍，或填写理由“请人工审核”。",
        "Retake it as told, or ask for a human review with a reason.",
    ),
    "photo_no_portrait": Words(
        409,
        "这张照片做不出证照",
        "No portrait can be made from this photo",
        "请按提示重拍，照片里要有完整的头部和肩膀。",
        "Retake it as told: the whole head and shoulders must be in it.",
    ),
    "disputed_before": Words(
        409,
        "这张照片已经复议过",
        "This decision was disputed already",
        "请重拍一张。",
        "Please take a new photo.",
    ),
    "photo_rejected_before": Words(
        409,
        "这张照片已被退回，不能原样再次提交",
        "This photo was rejected and can't be submitted unchanged",
        "请重拍一张，或对退回结果提出异议。",
        "Take a new one, or dispute the decision.",
    ),
    "reason_needed": Words(
        422,
        "请填写理由",
        "A reason is needed",
        "用一两句话说明，最多 250 字。",
        "One or two sentences, 250 characters at most.",
    ),
    "reason_long": Words(
        422, "理由太长", "The reason is too long", "请控制在 250 字以内。", "Keep it to 250 characters."
    ),
    "address_incomplete": Words(
        422,
        "邮寄信息不完整",
        "The address is incomplete",
        "请补全：{missing_zh}。",
        "Please fill in: {missing_en}.",
    ),
    # --- uploads --------------------------------------------------------------------------------------------------
    "photo_too_large": Words(
        413,
        "照片太大",
        "The photo is too large",
        "请选择不超过 {megabytes} MB 的照片。",
        "Pick one of at most {megabytes} MB.",
    ),
    "photo_empty": Words(422, "照片是空文件", "The photo is empty", "请重新选择。", "Pick it again."),
    "upload_gone": Words(
        404, "上传已失效", "The upload is gone", "请重新选择照片上传。", "Pick the photo again."
    ),
    "upload_offset": Words(
        409, "上传位置不一致", "Upload out of step", "正在自动续传，请稍候。", "It resumes by itself."
    ),
    "too_many_requests": Words(
        429, "操作太频繁", "Too many requests", "请 {wait_zh} 后再试。", "Try again in {wait_en}."
    ),
    # --- money ----------------------------------------------------------------------------------------------------
    "already_paid": Words(
        409, "已经支付过了", "Already paid", "无需再付，请继续下一步。", "Nothing more to pay: go on."
    ),
    "order_closed": Words(
        409, "订单已关闭", "The order is closed", "请重新发起支付。", "Start the payment anew."
    ),
    "gateway_down": Words(
        503,
        "支付暂时不可用",
        "Payment is not available just now",
        "没有扣款，请稍后再试。",
        "Nothing was charged. Try again later.",
    ),
    "refund_not_possible": Words(
        409, "现在不能自动退款", "No automatic refund now", "请联系客服申请。", "Ask support."
    ),
    "registry_down": Words(
        503,
        "学籍查询暂时不可用",
        "The registry is not available just now",
        "请稍后再试，已填内容不会丢失。",
        "Try again later; nothing is lost.",
    ),
    # --- review ---------------------------------------------------------------------------------------------------
    "case_taken": Words(
        409,
        "这件已由其他审核员处理",
        "Another reviewer has this case",
        "请继续下一件。",
        "Go on with the next one.",
    ),
    "own_case": Words(
        409,
        "需要由另一位审核员处理",
        "Another reviewer must decide this",
        "请继续下一件。",
        "Go on with the next one.",
    ),
    "undo_late": Words(
        409, "已超过可撤销时间", "Too late to undo", "请联系管理员。", "Ask an administrator."
    ),
    "reject_reason": Words(
        422,
        "退回必须选择至少一个原因",
        "A rejection needs a reason",
        "请选择原因或填写说明。",
        "Pick one or write one.",
    ),
}


class Problem(Exception):
    """Something a person must be told. `code` is a key of PROBLEMS; `facts` fill its words."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    @property
    def status(self) -> int:
        """The HTTP status."""
        return PROBLEMS[self.code].status

    def as_dict(self) -> dict[str, str]:
        """Code and words, filled in."""
        words = PROBLEMS[self.code]
        return {
            "code": self.code,
            "zh": words.zh.format(**self.facts),
            "en": words.en.format(**self.facts),
            "next_zh": words.next_zh.format(**self.facts),
            "next_en": words.next_en.format(**self.facts),
        }
