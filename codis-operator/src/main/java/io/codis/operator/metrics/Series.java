package io.codis.operator.metrics;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * The values of one name, by labels, in the text format of Prometheus.
 *
 * @param <T> of one value
 */
abstract class Series<T> {

    private final String name;
    private final String type;
    private final String help;
    private final ConcurrentSkipListMap<String, T> values = new ConcurrentSkipListMap<>();

    private Series(String name, String type, String help) {
        this.name = name;
        this.type = type;
        this.help = help;
    }

    /** Only grows. */
    static final class Counter extends Series<LongAdder> {
        Counter(String name, String help) {
            super(name, "counter", help);
        }

        void add(Map<String, String> labels) {
            at(labels).increment();
        }

        @Override
        LongAdder fresh() {
            return new LongAdder();
        }

        @Override
        void write(StringBuilder text, String labels, LongAdder value) {
            line(text, "", labels, value.sum());
        }
    }

    /** Set to what is. */
    static final class Gauge extends Series<double[]> {
        Gauge(String name, String help) {
            super(name, "gauge", help);
        }

        private Gauge(String name, String type, String help) {
            super(name, type, help);
        }

        /** Somebody else counts what only grows. */
        static Gauge total(String name, String help) {
            return new Gauge(name, "counter", help);
        }

        void set(Map<String, String> labels, double value) {
            at(labels)[0] = value;
        }

        @Override
        double[] fresh() {
            return new double[1];
        }

        @Override
        void write(StringBuilder text, String labels, double[] value) {
            line(text, "", labels, value[0]);
        }
    }

    /** Counts how often a value was at most each bound. */
    static final class Histogram extends Series<Histogram.Buckets> {
        private final double[] bounds;

        static final class Buckets {
            private final LongAdder[] counts;
            private final DoubleAdder sum = new DoubleAdder();

            private Buckets(int size) {
                counts = new LongAdder[size];
                for (int i = 0; i < size; i++) {
                    counts[i] = new LongAdder();
                }
            }
        }

        Histogram(String name, String help, double... bounds) {
            super(name, "histogram", help);
            this.bounds = bounds.clone();
        }

        void observe(Map<String, String> labels, double value) {
            Buckets buckets = at(labels);
            int place = 0;
            while (place < bounds.length && value > bounds[place]) {
                place++;
            }
            buckets.counts[place].increment();
            buckets.sum.add(value);
        }

        @Override
        Buckets fresh() {
            return new Buckets(bounds.length + 1);
        }

        @Override
        void write(StringBuilder text, String labels, Buckets buckets) {
            long below = 0;
            for (int i = 0; i <= bounds.length; i++) {
                below += buckets.counts[i].sum();
                String bound = i == bounds.length ? "+Inf" : number(bounds[i]);
                line(text, "_bucket", labels + (labels.isEmpty() ? "" : ",") + "le=\"" + bound + "\"", below);
            }
            line(text, "_sum", labels, buckets.sum.sum());
            line(text, "_count", labels, below);
        }
    }

    abstract T fresh();

    abstract void write(StringBuilder text, String labels, T value);

    final T at(Map<String, String> labels) {
        return values.computeIfAbsent(text(labels), key -> fresh());
    }

    /** Forgets every value that carries all of the labels. */
    final void forget(Map<String, String> labels) {
        values.keySet()
                .removeIf(key -> labels.entrySet().stream()
                        .allMatch(label -> key.contains(label.getKey() + "=\"" + escaped(label.getValue()) + "\"")));
    }

    final void write(StringBuilder text) {
        if (!values.isEmpty()) {
            text.append("# HELP ").append(name).append(' ').append(help).append('\n');
            text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
            values.forEach((labels, value) -> write(text, labels, value));
        }
    }

    final void line(StringBuilder text, String suffix, String labels, double value) {
        text.append(name).append(suffix);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        text.append(' ').append(number(value)).append('\n');
    }

    private static String text(Map<String, String> labels) {
        var text = new StringBuilder();
        new TreeMap<>(labels)
                .forEach((label, value) -> text.append(text.isEmpty() ? "" : ",")
                        .append(label)
                        .append("=\"")
                        .append(escaped(value))
                        .append('"'));
        return text.toString();
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
