import { answer, endpoint } from "../endpoint.js";
import type { Api } from "../env.js";
import { examples } from "../examples.js";
import type { ApiContext } from "../options.js";
import { notFound } from "../problem.js";
import { idParam } from "../schemas/common.js";
import { forecastSchema, viewForecast } from "../schemas/forecast.js";

const get = endpoint(
  {
    method: "get",
    path: "/v1/accounts/{id}/forecast",
    operationId: "getForecast",
    summary: "What the request budget buys, and what others would",
    description:
      "How soon changes are expected to be found, by what was learned of each source, with the budget as it is used just " +
      "now, and what half, twice and four times of what was set would make of it. While the session is not active " +
      "nothing is polled, and nothing is forecast.",
    tags: ["Accounts"],
    request: { params: idParam(examples.account.id) },
    responses: { 200: answer("The forecast.", forecastSchema, examples.forecast) },
  },
  ["not_found"],
);

/** What the budget of an account buys. */
export function registerForecast(app: Api, { services }: ApiContext): void {
  app.openapi(get, async (c) => {
    const { id } = c.req.valid("param");
    const found = await services.accounts.forecast(id);
    if (!found) throw notFound("account", id);
    return c.json(viewForecast(found), 200);
  });
}
