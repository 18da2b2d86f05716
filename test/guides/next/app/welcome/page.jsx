// biome-ignore lint/style/noDefaultExport: a page of Next.js is a default export
export default function Page() {
  return <p>Welcome</p>;
}
