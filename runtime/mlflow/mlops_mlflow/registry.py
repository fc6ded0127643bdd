"""MLflow's model registry, with approvals and events.

MLflow builds its registry by the entry point `mlflow.model_registry_store`. So whichever way a request comes in,
what is refused and what is told is decided here, after MLflow has read the request.
"""

import logging
from functools import cache
from threading import Event
from typing import Any

from flask import has_request_context, request
from mlflow.environment_variables import MLFLOW_ENABLE_WORKSPACES
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import PERMISSION_DENIED
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore
from mlflow.store.model_registry.sqlalchemy_workspace_store import WorkspaceAwareSqlAlchemyStore

from mlops_mlflow import events, identity
from mlops_mlflow.settings import Settings, read_settings

ALIAS = "production"
STAGE = "production"

logger = logging.getLogger(__name__)

# Whether an alias was set since the files of approved models were last looked up.
alias_was_set = Event()


@cache
def settings() -> Settings:
    """Return the settings of this process."""
    return read_settings()


def who() -> str | None:
    """Return the identity of whoever made the request that is being answered."""
    return identity.caller(settings().identity, request.headers.get) if has_request_context() else None


def require_approver(model: str, action: str) -> None:
    """Refuse the action when the model needs approval and the caller may not give it."""
    listed = settings().approvers.get(model)
    if listed is None:
        return
    me = who()
    if me is not None and any(identity.matches(settings().identity, one, me) for one in listed):
        return
    allowed = " or ".join(listed) or "nobody"
    known = f"You are {me}." if me else "The server was not told who you are."
    logger.warning("refused", extra={"model": model, "action": action, "by": me})
    raise MlflowException(
        f"The model {model!r} needs approval: only {allowed} may {action}. {known}",
        error_code=PERMISSION_DENIED,
    )


class _Guarded:
    """What the platform adds to MLflow's store, as a mixin for its two kinds of it."""

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        if alias == ALIAS:
            require_approver(name, f"set its alias {ALIAS!r}")
        super().set_registered_model_alias(name, alias, version)
        alias_was_set.set()
        # MLflow keeps prompts among the models; nobody deploys one.
        if alias == ALIAS and not self.get_registered_model(name)._is_prompt():
            self._tell(events.APPROVED, name, version, alias=alias)

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        if alias == ALIAS:
            require_approver(name, f"delete its alias {ALIAS!r}")
        super().delete_registered_model_alias(name, alias)

    def transition_model_version_stage(
        self, name: str, version: str, stage: str, archive_existing_versions: bool
    ) -> Any:  # noqa: ANN401 - MLflow's entity
        if name in settings().approvers:
            now = self.get_model_version(name, version).current_stage
            if STAGE in (stage.lower(), (now or "").lower()):
                require_approver(name, "move its versions to or from the stage Production")
        return super().transition_model_version_stage(name, version, stage, archive_existing_versions)

    def rename_registered_model(self, name: str, new_name: str) -> Any:  # noqa: ANN401
        require_approver(name, "rename it")
        require_approver(new_name, "give its name to another model")
        return super().rename_registered_model(name, new_name)

    def delete_registered_model(self, name: str) -> None:
        require_approver(name, "delete it")
        super().delete_registered_model(name)

    def delete_model_version(self, name: str, version: str) -> None:
        require_approver(name, "delete its versions")
        super().delete_model_version(name, version)

    def create_model_version(self, name: str, *rest: Any, **named: Any) -> Any:  # noqa: ANN401
        created = super().create_model_version(name, *rest, **named)
        if not created._is_prompt():
            self._tell(events.REGISTERED, name, created.version)
        return created

    def _tell(self, kind: str, model: str, version: str | int, **more: str) -> None:
        detail = {"model": model, "version": str(version), **more, "by": who()}
        events.publish(settings().events, kind, detail)


class GuardedStore(_Guarded, SqlAlchemyStore):
    """The registry of a server without workspaces."""


class GuardedWorkspaceStore(_Guarded, WorkspaceAwareSqlAlchemyStore):
    """The registry of a server with workspaces."""


def build_store(store_uri: str) -> SqlAlchemyStore:
    """Return the registry for a PostgreSQL URL: MLflow's entry point."""
    kind = GuardedWorkspaceStore if MLFLOW_ENABLE_WORKSPACES.get() else GuardedStore
    return kind(store_uri)
