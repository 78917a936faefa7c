import type { NextConfig } from 'next';

const config: NextConfig = {
  output: 'standalone',
  poweredByHeader: false,
  reactStrictMode: true,
  // Pages hands out the files below as they are; there is no image service behind them.
  images: { unoptimized: true },
};

export default config;
