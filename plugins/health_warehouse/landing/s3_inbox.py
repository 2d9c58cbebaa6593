"""An inbox in a bucket of S3, or of a server that speaks S3 (MinIO, Ceph). Read only.

Of the connection: `login` and `password` are the access key and its secret; in `extra`
`endpoint_url` (a server of one's own), `region_name` and `aws_session_token`: the names that
Airflow's AWS connections use. Without a login the machine's own role is asked for.
"""

from __future__ import annotations

from typing import Any

from s3fs import S3FileSystem

from health_warehouse.landing.inbox_connection import InboxConnection

_CONNECT_SECONDS = 15
_READ_SECONDS = 60
_BLOCK_BYTES = 8 * 1024**2  # s3fs reads ahead 50 MiB otherwise, per open file
_REGION = "us-east-1"  # servers of one's own have none, yet signatures need one


def open_s3(connection: InboxConnection) -> Any:
    """The filesystem; nothing is asked of the server yet."""
    endpoint = connection.extra.get("endpoint_url")
    region = connection.extra.get("region_name") or (_REGION if endpoint else None)
    options: dict[str, Any] = {
        "connect_timeout": _CONNECT_SECONDS,
        "read_timeout": _READ_SECONDS,
        # names of buckets are no hosts on a server of one's own
        "s3": {"addressing_style": "path" if endpoint else "auto"},
    }
    return S3FileSystem(
        key=connection.login or None,
        secret=connection.secret,
        token=connection.extra.get("aws_session_token"),
        endpoint_url=endpoint,
        client_kwargs={"region_name": region} if region else {},
        config_kwargs=options,
        default_block_size=_BLOCK_BYTES,
        use_listings_cache=False,
        skip_instance_cache=True,
    )
