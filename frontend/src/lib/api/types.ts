import type { components } from './schema.ts';

type Schemas = components['schemas'];

export type Alert = Schemas['Alert'];
export type AlertList = Schemas['AlertList'];
export type Billing = Schemas['Billing'];
export type Channel = Schemas['Channel'];
export type ChannelInfo = Schemas['ChannelInfo'];
export type Deal = Schemas['Deal'];
export type EventCard = Schemas['EventCard'];
export type EventDetail = Schemas['EventDetail'];
export type EventSummary = Schemas['EventSummary'];
export type MarketOffer = Schemas['MarketOffer'];
export type MarketSeries = Schemas['MarketSeries'];
export type Me = Schemas['Me'];
export type Price = Schemas['Price'];
export type PriceHistory = Schemas['PriceHistory'];
export type Rule = Schemas['Rule'];
export type Score = Schemas['Score'];
export type SourceHealth = Schemas['SourceHealth'];
