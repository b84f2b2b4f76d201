// Starts Swagger UI on this server's own document. Areas by name, what every server has at the end.
const rank = (tag) => (tag === "system" ? 1 : 0);

window.ui = SwaggerUIBundle({
  dom_id: "#swagger-ui",
  url: "/api/openapi.json",
  deepLinking: true,
  displayOperationId: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: "none",
  layout: "StandaloneLayout",
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  tagsSorter: (one, other) => rank(one) - rank(other) || one.localeCompare(other),
});
