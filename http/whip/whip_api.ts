import { HttpProblem } from "../api/http_problem.ts";
import {
  createEndpoint,
  type Endpoint,
  type EndpointParts,
} from "./endpoint.ts";
import { IngestClient } from "./ingest_client.ts";
import { ProgramSessions } from "./program_sessions.ts";
import { parseSdpFragment, withCredentials } from "./sdp_fragment.ts";

/** Takes in flows of programs that speak WHIP (RFC 9725), OBS for instance. */
export function createWhipApi(parts: EndpointParts): Endpoint {
  const createClient = (
    client: ConstructorParameters<typeof IngestClient>[0],
  ) => new IngestClient(client);
  return createEndpoint(parts, {
    command: ".whip",
    username: "whip",
    sessions: new ProgramSessions({ ...parts, createClient }),
    // As in Galène (D-31, D-38).
    answersGet: false,
    requiresIfMatch: false,
    start(client, offer, { permissions }) {
      if (permissions.includes("present")) return client.offer(offer);
      const text = "Forbidden: you may not present in this group";
      throw new HttpProblem(403, text);
    },
    credentials: (client) => parseSdpFragment(client.lastOffer),
    restart: (client, credentials) =>
      client.offer(withCredentials(client.lastOffer, credentials)),
  });
}
