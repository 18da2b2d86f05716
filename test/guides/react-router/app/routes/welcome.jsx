// biome-ignore lint/style/noDefaultExport: a route of React Router is a default export
export default function Welcome() {
  return <p>Welcome</p>;
}
