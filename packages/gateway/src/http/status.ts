const startTime = new Date();

/** @returns the body of `/api/v1/status`, in the form that the real gateway gives it */
export function status(): string {
  return JSON.stringify({
    status: "success",
    data: {
      build_information: { version: "embedded" },
      flags: {},
      start_time: startTime.toISOString(),
    },
  });
}
