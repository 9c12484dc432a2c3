public import Metrics
import Synchronization

/// A backend of swift-metrics that keeps everything in memory, for a page in Prometheus' text format.
public final class MetricsRegistry: MetricsFactory {
    /// A metric's name and labels, as the page writes them.
    struct Key: Hashable, Sendable {
        let name: String
        let labels: String

        init(_ label: String, _ dimensions: [(String, String)]) {
            name = Self.name(label)
            // Of labels whose names become the same the first stays: a series has each label once.
            let values = Dictionary(dimensions.map { (Self.name($0), $1) }) { first, _ in first }
            labels = values.sorted { $0.key < $1.key }.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        }

        /// What Prometheus takes for the name of a metric or a label: letters, digits and `_`, no digit first.
        private static func name(_ text: String) -> String {
            let name = String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
            return name.first?.isNumber ?? true ? "_" + name : name
        }

        private static func escaped(_ text: String) -> String {
            text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }
    }

    /// More series than this are not kept: labels may come from outside.
    private static let maximumSeriesCount = 2_000

    private struct State {
        var counters: [Key: CounterSeries] = [:]
        var meters: [Key: MeterSeries] = [:]
        var histograms: [Key: HistogramSeries] = [:]
        var count: Int { counters.count + meters.count + histograms.count }
    }

    private let state = Mutex(State())

    /// An empty registry.
    public init() {}

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(Key(label, dimensions), \.counters, CounterSeries())
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(Key(label, dimensions), \.counters, CounterSeries())
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(Key(label, dimensions), \.meters, MeterSeries())
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate
            ? series(Key(label, dimensions), \.histograms, HistogramSeries(unit: 1))
            : series(Key(label, dimensions), \.meters, MeterSeries())
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        // Timers count nanoseconds; Prometheus wants seconds.
        series(Key(label, dimensions), \.histograms, HistogramSeries(unit: 1e-9))
    }

    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func series<Series: Sendable>(
        _ key: Key, _ kind: WritableKeyPath<State, [Key: Series]>, _ new: Series
    ) -> Series {
        nonisolated(unsafe) let kind = kind
        return state.withLock { state in
            if let known = unsafe state[keyPath: kind][key] { return known }
            if state.count < Self.maximumSeriesCount { unsafe state[keyPath: kind][key] = new }
            return new
        }
    }

    /// All metrics as text.
    ///
    /// - Parameter gauges: values that other parts of the server keep.
    func page(and gauges: [(name: String, value: Double)]) -> String {
        let state = state.withLock { $0 }
        var lines: [String] = []
        for (name, series) in Self.grouped(state.counters) {
            lines.append("# TYPE \(name) counter")
            lines += series.map { "\(name)\(Self.braces($0.labels)) \($1.value)" }
        }
        for (name, series) in Self.grouped(state.meters) {
            lines.append("# TYPE \(name) gauge")
            lines += series.map { "\(name)\(Self.braces($0.labels)) \($1.value)" }
        }
        for (name, series) in Self.grouped(state.histograms) {
            lines.append("# TYPE \(name) histogram")
            for (key, histogram) in series { lines += histogram.lines(name, labels: key.labels) }
        }
        for gauge in gauges {
            lines.append("# TYPE \(gauge.name) \(gauge.name.hasSuffix("_total") ? "counter" : "gauge")")
            lines.append("\(gauge.name) \(gauge.value)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func braces(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

    private static func grouped<Series>(_ all: [Key: Series]) -> [(String, [(Key, Series)])] {
        Dictionary(grouping: all, by: \.key.name).sorted { $0.key < $1.key }.map { name, series in
            (name, series.sorted { $0.key.labels < $1.key.labels }.map { ($0.key, $0.value) })
        }
    }
}
