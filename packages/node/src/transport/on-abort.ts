/**
 * Calls a function once a request is given up. To listen to the signal would create one for each push.
 *
 * @param act called after the controller has aborted
 */
export function onAbort(controller: AbortController, act: () => void): void {
  // Other code may have frozen the prototype, so that nothing can be assigned over it.
  Object.defineProperty(controller, "abort", {
    configurable: true,
    writable: true,
    value() {
      AbortController.prototype.abort.call(controller);
      act();
    },
  });
}
