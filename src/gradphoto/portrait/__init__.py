"""The picture engine: a phone photo in, a standard portrait and the record of how it was made out.

The engine knows pictures and photo standards. It knows no schools, no people and no web framework, and may be
used on its own: see `gradphoto.portrait.pipeline` for the whole way in one page.
"""
