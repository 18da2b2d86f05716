// biome-ignore lint/style/noDefaultExport: Nitro reads its configuration from the default export
export default { compatibilityDate: '2025-10-01' };
