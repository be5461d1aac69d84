/** The page of metrics, as `/metrics` serves them. */
import { metricsOf } from '../observe/metrics.ts';
import { code, codes, page, plain, table } from './markdown.ts';

/** prom-client keeps the labels on the metric, but its type does not say so. */
const labelsOf = (metric: object): readonly string[] =>
  'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames.map(String) : [];
const kindOf = (metric: object): string => metric.constructor.name.toLowerCase();

export const metricsPage = (): string =>
  page('Metrics', [
    "Every process serves these under `/metrics`, in Prometheus' text format. Lag is counted against the last stable offset: what an open transaction holds back is not lag.",
    table(
      ['metric', 'kind', 'labels', 'meaning'],
      metricsOf()
        .registry.getMetricsAsArray()
        .map(metric => [code(metric.name), kindOf(metric), codes(labelsOf(metric)), plain(metric.help)]),
    ),
  ]);
