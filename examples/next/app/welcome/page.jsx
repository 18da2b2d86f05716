export default async function Welcome({ searchParams }) {
  const { id } = await searchParams;
  return <p role="status">Your account: {id}</p>;
}
