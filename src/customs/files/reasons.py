"""Why a file cannot be written or read (读写失败原因), in two languages, by the number that the system gives.

>>> system_reason(FileNotFoundError(errno.ENOENT, "No such file or directory"))
('it is not there', '文件不存在')
"""

import errno

#: By the system's number; what is not here is said in the system's own words.
_REASONS = {
    errno.ENOSPC: ("the disk is full", "磁盘空间不足"),
    errno.EDQUOT: ("the quota of the disk is used up", "磁盘配额已用完"),
    errno.EFBIG: ("the file is larger than this process may write", "文件大小超出进程限制"),
    errno.EROFS: ("the disk is read-only", "磁盘为只读"),
    errno.EACCES: ("the right is missing", "没有权限"),
    errno.EPERM: ("the right is missing", "没有权限"),
    errno.EEXIST: ("another file has the name", "已有同名文件"),
    errno.ELOOP: ("a link is in its place", "该位置是链接"),
    errno.ENOENT: ("it is not there", "文件不存在"),
    errno.ENOTDIR: ("a file is where a folder should be", "路径中有文件而非目录"),
    errno.EISDIR: ("it is a folder", "该路径是目录"),
}


def system_reason(error: OSError) -> tuple[str, str]:
    """Return in English and Chinese why something cannot be written or read."""
    system = error.strerror or type(error).__name__
    return _REASONS.get(error.errno or 0, (system, system))
