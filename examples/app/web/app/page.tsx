import { connection } from "next/server";
import { type Item, type Items, type Release, read } from "@/lib/api";

function moment(text: string): string {
  return `${text.slice(0, 19).replace("T", " ")} UTC`;
}

function Fact({ name, value }: { name: string; value: string | number | null | undefined }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{value ?? "unknown"}</dd>
    </div>
  );
}

function Row({ item }: { item: Item }) {
  return (
    <li>
      <span className="name">{item.name}</span>
      <span className="note">
        {item.release ?? "an earlier release"} · <time dateTime={item.createdAt}>{moment(item.createdAt)}</time>
      </span>
    </li>
  );
}

function ItemList({ found }: { found: Items }) {
  if (found.items.length === 0) return <p className="note">Nothing yet. Add the first.</p>;
  return (
    <>
      <ul>
        {found.items.map((item) => (
          <Row key={item.id} item={item} />
        ))}
      </ul>
      {found.total > found.items.length && <p className="note">The newest {found.items.length} of {found.total}.</p>}
    </>
  );
}

export default async function Page({ searchParams }: { searchParams: Promise<{ problem?: string | string[] }> }) {
  await connection(); // every request asks the api; nothing is rendered at build
  const [{ problem }, release, found] = await Promise.all([
    searchParams,
    read<Release>("/api/release"),
    read<Items>("/api/items"),
  ]);
  const environment = release?.environment ?? process.env.APP_ENVIRONMENT ?? "local";

  return (
    <main>
      <header>
        <h1>Milky Way</h1>
        <span className="badge">{environment}</span>
      </header>

      {problem && <p className="problem" role="alert">Not added: {problem}</p>}

      <section aria-labelledby="runs">
        <h2 id="runs">What runs here</h2>
        <dl>
          <Fact name="Page" value={process.env.APP_RELEASE} />
          <Fact name="Api" value={release?.release} />
          <Fact name="Image" value={release?.digest?.replace("sha256:", "").slice(0, 12) ?? "not told"} />
          <Fact name="Host" value={release?.hostname} />
          <Fact name="Since" value={release && moment(release.started)} />
          <Fact name="Reads of the list" value={found?.hits} />
        </dl>
      </section>

      <section aria-labelledby="items">
        <h2 id="items">Items{found && ` (${found.total})`}</h2>
        <form method="post" action="/items">
          <input name="name" aria-label="Name of the item" placeholder="Name" required maxLength={80} autoComplete="off" />
          <button type="submit">Add</button>
        </form>
        {found ? <ItemList found={found} /> : <p className="problem" role="alert">The api does not answer.</p>}
      </section>
    </main>
  );
}
