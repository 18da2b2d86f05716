import Link from 'next/link';

// biome-ignore lint/style/noDefaultExport: a page of Next.js is a default export
export default function Page() {
  return <Link href="/signup">Join</Link>;
}
