/**
 * Connections to this address are refused. The port is assigned to no service and lies below those that the system
 * gives to servers and connections, so no test that runs beside can take it, unlike the port of a server that was
 * closed. `fetch` connects to it; it refuses by itself to ask the discard service at port 9.
 */
export const REFUSING_ADDRESS = "http://127.0.0.1:4";
