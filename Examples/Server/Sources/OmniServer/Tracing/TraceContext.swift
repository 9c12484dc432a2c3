import Tracing

/// A span's place in a trace, as the W3C's field `traceparent` carries it from one process to the next.
struct TraceContext: Hashable, Sendable {
    /// 16 bytes in hexadecimal digits, not all of them 0.
    let traceID: String
    /// 8 bytes, likewise.
    let spanID: String
    /// Whether the caller that began the trace wants it recorded.
    let isSampled: Bool

    static let fieldName = "traceparent"

    /// The place of a new span: below another, or at the top of a trace of its own.
    init(below parent: TraceContext?) {
        traceID = parent?.traceID ?? Self.randomDigits() + Self.randomDigits()
        spanID = Self.randomDigits()
        isSampled = parent?.isSampled ?? true
    }

    /// Reads a field's value; `nil` when it is not what the W3C says. Later versions may add to the end.
    init?(traceparent: String) {
        let fields = traceparent.prefix(512).split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count >= 4, Self.isHexadecimal(fields[0], count: 2), fields[0] != "ff",
            fields[0] != "00" || fields.count == 4, Self.isHexadecimal(fields[1], count: 32),
            Self.isHexadecimal(fields[2], count: 16), Self.isHexadecimal(fields[3], count: 2),
            [fields[1], fields[2]].allSatisfy({ $0.contains { $0 != "0" } }), let flags = UInt8(fields[3], radix: 16)
        else { return nil }
        traceID = String(fields[1])
        spanID = String(fields[2])
        isSampled = flags & 1 == 1
    }

    var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    /// 8 bytes, not all of them 0.
    private static func randomDigits() -> String {
        let digits = String(UInt64.random(in: 1...UInt64.max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Only small letters are allowed.
    private static func isHexadecimal(_ text: Substring, count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

extension InstrumentationContext {
    private enum Key: InstrumentationContextKey {
        typealias Value = TraceContext
    }

    /// The place in a trace where work goes on.
    var trace: TraceContext? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}
