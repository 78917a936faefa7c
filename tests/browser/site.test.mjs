// The site in Chromium, on one running product. RIP_ORIGIN and RIP_SANDBOX name one that runs already.
import { after, before, describe } from 'node:test';
import { account } from './account.mjs';
import { comparing } from './comparing.mjs';
import { newcomer } from './newcomer.mjs';
import { reading } from './reading.mjs';
import { search } from './search.mjs';
import { openStage } from './stage.mjs';
import { trouble } from './trouble.mjs';

describe('the site in Chromium', () => {
  let opened;
  before(async () => {
    opened = await openStage();
  });
  after(() => opened?.close());
  const stage = () => opened;
  reading(stage);
  search(stage);
  comparing(stage);
  trouble(stage);
  newcomer(stage);
  account(stage);
});
