"""The interface of the hub over HTTP (枢纽接口): orders in, answers out, by FastAPI with its OpenAPI description."""
