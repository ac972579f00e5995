"""A task module as the developer guide of the Python original shows them."""

import datetime as dt

from jobbers.context import get_current_task
from jobbers.models.task_config import BackoffStrategy, DeadLetterPolicy
from jobbers.models.task_shutdown_policy import TaskShutdownPolicy
from jobbers.registry import register_task


@register_task(name="send_email", version=1)
async def send_email(**kwargs: object) -> dict[str, object]:
    return {"status": "sent", "to": kwargs["to"]}


@register_task(name="send_email", version=2)
async def send_email_2(**kwargs: object) -> dict[str, object]:
    return {"status": "sent", "to": [kwargs["to"]]}


@register_task(
    name="generate_report",
    version=1,
    max_retries=5,
    retry_delay=30,
    backoff_strategy=BackoffStrategy.EXPONENTIAL_JITTER,
    max_retry_delay=300,
    expected_exceptions=(TimeoutError, ConnectionError),
    timeout=120,
    dead_letter_policy=DeadLetterPolicy.SAVE,
    max_heartbeat_interval=dt.timedelta(minutes=5),
    max_concurrent=2,
    on_shutdown=TaskShutdownPolicy.STOP,
)
async def generate_report(**kwargs: object) -> dict[str, object]:
    task = get_current_task()
    for section in range(3):
        if section == kwargs.get("fail_at"):
            raise ConnectionResetError("the database is gone")
        await task.heartbeat()
    return {"url": f"/reports/{kwargs['report_id']}.pdf"}
