"""A recorder, a courier and a receiver that play together, in one process."""

from __future__ import annotations

from pathlib import Path

from mlflow_usage.consent.decision import Decision
from mlflow_usage.consent.endpoint import Endpoint, stamp
from mlflow_usage.consent.mode import Mode
from mlflow_usage.delivery.courier import Courier
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import Life
from support.receiver import Receiver

RESOURCE = {
    "service.name": "mlflow",
    "service.version": "3.17.2",
    "session.id": "0e4b9a1c-8a8e-4f5a-9d8f-0123456789ab",
    "app.installation.id": "a" * 64,
    "mlflow.usage.catalogue": 1,
}


class Exchange:
    """What a courier needs: journals in a directory, a clock that a test moves, and an endpoint whose answers it chooses."""

    def __init__(self, directory: Path, receiver: Receiver) -> None:
        self.directory, self.receiver, self.mode, self.now = directory, receiver, Mode.ON, [directory.stat().st_mtime + 60]
        self.endpoint = Endpoint(f"{receiver.endpoint}/v1/logs", headers=(("x-own", "1"),), origin=receiver.endpoint, loopback=True)
        self.source, self.life = "default", Life()
        self.recorder = self.another()
        self.courier = self.courier_of(self.recorder)

    def another(self) -> Recorder:
        meta = {"resource": RESOURCE, "mode": self.mode.value, "endpoint": stamp(self.endpoint)}
        return Recorder(lambda: meta, lambda: self.directory, clock=lambda: self.now[0], life=self.life)

    def courier_of(self, recorder: Recorder) -> Courier:
        return Courier(recorder, self.decision, lambda: self.directory, "0.1.0", clock=lambda: self.now[0], life=self.life)

    def decision(self) -> Decision:
        if self.mode is Mode.OFF:
            self.life.on("withdraw")
        return Decision(self.mode, self.source, (), self.endpoint)

    def died(self, calls: int) -> None:
        """Leave the journal of a process that made some calls and died."""
        recorder = self.another()
        for _ in range(calls):
            recorder.hit("mlflow.log_metric", None)
        assert recorder.live is not None
        recorder.live.owned.abandon()
