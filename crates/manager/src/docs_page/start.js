// Shows the document of the manager that this page came from.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#page",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  filter: true,
  // A token that was entered is kept in this tab only.
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});
