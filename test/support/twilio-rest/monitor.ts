import type { RestAnswer, RestRequest } from "./server.ts";

/** An alert as Twilio's Monitor API fetches it singly. */
export interface AlertResource {
  readonly sid: string;
  readonly account_sid: string;
  readonly error_code: string;
  readonly log_level: string;
  readonly alert_text: string;
  readonly more_info: string;
  readonly resource_sid: string;
  readonly request_method: string;
  readonly request_url: string;
  readonly date_created: string;
  readonly date_generated: string;
  readonly date_updated: string;
  readonly request_variables: string;
  readonly request_headers: string;
  readonly response_headers: string;
  readonly response_body: string;
}

const pageSizeDefault = 50;

/**
 * The alerts of an account: the list has them without what came and went, newest first and in pages; each alone has all.
 * [D Monitor Alert resource]
 */
export function alertsOf(alerts: readonly AlertResource[]) {
  return ({ operation, sids, params }: RestRequest): RestAnswer => {
    if (operation === "FetchAlert") {
      const alert = alerts.find(({ sid }) => sid === sids[0]);
      return alert === undefined
        ? { status: 404, body: { code: 20404, message: "not found", status: 404 } }
        : { status: 200, body: alert };
    }
    if (operation !== "ListAlert") return { status: 404, body: { code: 20404, message: "not found", status: 404 } };
    const size = Number(params.get("PageSize")?.[0] ?? pageSizeDefault);
    const page = Number(params.get("Page")?.[0] ?? 0);
    const [from, to] = ["StartDate", "EndDate"].map((name) => Date.parse(params.get(name)?.[0] ?? ""));
    const found = alerts
      .filter(
        ({ date_created }) => !(Date.parse(date_created) < (from ?? 0)) && !(Date.parse(date_created) > (to ?? 0)),
      )
      .toSorted((a, b) => Date.parse(b.date_created) - Date.parse(a.date_created));
    const listed = found.slice(page * size, (page + 1) * size).map(asListed);
    const more = found.length > (page + 1) * size;
    const next = more ? `https://monitor.twilio.com/v1/Alerts?PageSize=${size}&Page=${page + 1}` : null;
    return {
      status: 200,
      body: { alerts: listed, meta: { key: "alerts", page, page_size: size, next_page_url: next } },
    };
  };
}

function asListed(alert: AlertResource): object {
  const { request_variables: _, request_headers: __, response_headers: ___, response_body: ____, ...listed } = alert;
  return listed;
}
