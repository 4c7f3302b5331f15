import { addItem } from "@/lib/api";

/** The form's target: works without a script, and a reload after it does not send it again. */
export async function POST(request: Request): Promise<Response> {
  const form = await request.formData();
  const problem = await addItem(String(form.get("name") ?? ""));
  // Relative, since this process does not know the name that the browser knows it by.
  const location = problem ? `/?problem=${encodeURIComponent(problem)}` : "/";
  return new Response(null, { status: 303, headers: { location } });
}
