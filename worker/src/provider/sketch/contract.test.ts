import { providerContract } from '../provider.contract.ts';
import { sampleRequest } from './request.testing.ts';
import { createSketchProvider } from './sketch.ts';

providerContract('sketch', async () => ({ provider: createSketchProvider(), request: sampleRequest() }));
