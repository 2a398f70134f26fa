// Draws the interface of this service from its own description.
SwaggerUIBundle({ url: "/openapi.json", dom_id: "#interface", tryItOutEnabled: false });
