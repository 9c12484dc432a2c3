import Testing

/// A page of metrics as Prometheus reads it: text of version 0.0.4, and nothing that the format does not have.
struct PrometheusPage {
    /// The samples by name and labels, as they are written.
    private(set) var values: [String: Double] = [:]

    init(_ text: String) throws {
        let sample = /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? (-?[0-9.e+-]+|[+-]?Inf|NaN)/
        let labels = /\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*"(,(?!\})|(?=\})))*\}/
        let type = /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)/
        var kinds: [Substring: Substring] = [:]
        #expect(text.hasSuffix("\n"))
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#") {
                let found = try #require(line.wholeMatch(of: type), "\(line)")
                #expect(kinds[found.1] == nil, "two types of \(found.1)")
                kinds[found.1] = found.2
                continue
            }
            let found = try #require(line.wholeMatch(of: sample), "\(line)")
            if let written = found.2 { #expect(written.wholeMatch(of: labels) != nil, "\(line)") }
            let base = ["_bucket", "_sum", "_count"].first { found.1.hasSuffix($0) }.map { found.1.dropLast($0.count) }
            let kind = kinds[found.1] ?? base.flatMap { kinds[$0] == "histogram" ? kinds[$0] : nil }
            #expect(kind != nil, "no type before \(line)")
            let name = found.1 + (found.2 ?? "")
            #expect(values[String(name)] == nil, "two values of \(name)")
            let value = Double(found.3)
            values[String(name)] = try #require(value, "\(line)")
        }
    }

    subscript(name: String) -> Double? { values[name] }
}
