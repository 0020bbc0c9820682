import type { ClientObject } from "../../domain/objects.js";
import { personOf } from "../people.js";
import { defineResource } from "./define.js";
import { lifecycle } from "./rules.js";

/** Clients and leads of the studio. */
export const clients = defineResource<ClientObject>({
  name: "clients",
  scope: "account",
  host: "studio",
  paths: [() => "/clients/"],
  query: { types: "client,lead", per_page: "100" },
  numbersFirstPage: true,
  list: { names: ["clients", "contacts", "leads"], stem: /client|contact|lead/ },
  read: (row) => {
    const person = personOf(row);
    if (!person) return "A client has neither id, name nor e-mail address";
    return {
      id: person.id,
      fields: {
        ...person,
        type: row.text("type", "client_type", "kind")?.toLowerCase() ?? null,
        status: row.text("status_name", "status") ?? row.object("status")?.text("name") ?? null,
      },
      client: person,
      occurredAt: row.time("created_at", "create_at").instant,
    };
  },
  natural: ({ client }) => [client?.email?.toLowerCase() ?? client?.name ?? null],
  events: lifecycle("client", { created: "created", updated: "updated", removed: "removed" }),
});
