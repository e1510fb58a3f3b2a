/** A small handler: it reads its request, and answers with JSON. */
export const shop = {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    return Response.json({ pathname, plan: searchParams.get("plan") });
  },
};
