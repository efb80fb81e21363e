"""The name of an uploaded file is sealed with the file, since it may say whom the file is about.

Files that are kept stand without their names in what is sealed, and live for an hour at most: they go, and whoever was about to
use one uploads it again.
"""

import sqlalchemy as sa
from alembic import op

revision = "hub_upload_names"
down_revision = "hub_traces"

_UPLOADS = sa.table("hub_uploads")


def upgrade() -> None:
    """Take the files and the column away."""
    op.execute(_UPLOADS.delete())
    op.drop_column("hub_uploads", "name")


def downgrade() -> None:
    """Take the files away, and put the column back."""
    op.execute(_UPLOADS.delete())
    op.add_column("hub_uploads", sa.Column("name", sa.String(80), nullable=False, server_default=""))
