"""The least that a webhook receiver can do: check the signature, insert one row, answer. Starlette and asyncpg."""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

BRAND = UUID(int=1)
SECRET = b"bench-secret"
TABLE = """
CREATE TABLE IF NOT EXISTS bench_inbox (
    id uuid PRIMARY KEY, brand_id uuid NOT NULL, source varchar(40) NOT NULL, topic varchar(80) NOT NULL,
    key varchar(200) NOT NULL, headers jsonb NOT NULL, body bytea NOT NULL, received_at timestamptz NOT NULL,
    UNIQUE (brand_id, source, key)
)
"""
INSERT = """
INSERT INTO bench_inbox (id, brand_id, source, topic, key, headers, body, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
"""


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=8, max_size=8) as pool:
        app.state.pool = pool
        yield


async def receive(request: Request) -> JSONResponse:
    body = await request.body()
    signature = base64.b64encode(hmac.digest(SECRET, body, "sha256")).decode()
    if not hmac.compare_digest(signature, request.headers.get("x-shopify-hmac-sha256", "")):
        return JSONResponse({"error": "signature"}, 401)
    topic = request.headers.get("x-shopify-topic", "")
    kept = json.dumps({"x-shopify-topic": topic, "x-shopify-triggered-at": request.headers["x-shopify-triggered-at"]})
    key = request.headers["x-shopify-webhook-id"]
    pool: asyncpg.Pool[asyncpg.Record] = request.app.state.pool
    status = await pool.execute(INSERT, uuid4(), BRAND, "shopify", topic, key, kept, body, datetime.now(UTC))
    return JSONResponse({"stored": status == "INSERT 0 1"})


application = Starlette(routes=[Route("/in", receive, methods=["POST"])], lifespan=lifespan)
