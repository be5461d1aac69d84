/** kafkajs 2.2.4, mended: the package that readers of our topics outside of this repository import in place of kafkajs. */
import { kafkajs } from '../runtime/kafka/mended.ts';

/** kafkajs' whole public API. Import this package before anything loads kafkajs itself; loaded later, it throws. */
export { kafkajs };
export default kafkajs;
