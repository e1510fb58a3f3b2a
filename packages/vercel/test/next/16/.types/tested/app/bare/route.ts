export const dynamic = "force-dynamic";

export async function GET() {
  throw new EvalError("nothing wraps this");
}
