import { Link } from 'react-router';

// biome-ignore lint/style/noDefaultExport: a route of React Router is a default export
export default function Home() {
  return <Link to="/signup">Join</Link>;
}
