/** Makes an error like those of the runtime client, so that the caller reads `Runtime.HandlerNotFound`. */
export function runtimeError(
  type: "HandlerNotFound" | "MalformedHandlerName",
  message: string,
): Error {
  return Object.assign(new Error(message), { name: `Runtime.${type}` });
}
