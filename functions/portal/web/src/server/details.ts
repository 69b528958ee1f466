// What only check-ins know of a server.

import { api, told } from "../api";

export type Details = Awaited<ReturnType<typeof load>>;

export function load(serverId: string) {
  return told(api.GET("/v1/servers/{serverId}", { params: { path: { serverId } } }));
}
