"""Sources whose server wants to know who asks: the name of the variable that says it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("auth", sa.Text))


def downgrade() -> None:
    op.drop_column("sources", "auth")
