// Where an AppSuite connects to: the portal and the service are one origin.

export interface Reached {
  host: string;
  port: string;
}

export function reached({ hostname, port }: Pick<Location, "hostname" | "port"> = location): Reached {
  return { host: hostname, port: port || "443" };
}
