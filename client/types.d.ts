/** kafkajs 2.2.4, mended. Import this before anything loads kafkajs itself; loaded later, it throws. */
import type * as KafkaJS from 'kafkajs';
export declare const kafkajs: typeof KafkaJS;
export default kafkajs;
