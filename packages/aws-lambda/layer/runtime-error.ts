/** An error as the runtime client itself throws it: the invoker reads `Runtime.HandlerNotFound`. */
export function runtimeError(
  type: "HandlerNotFound" | "MalformedHandlerName",
  message: string,
): Error {
  return Object.assign(new Error(message), { name: `Runtime.${type}` });
}
