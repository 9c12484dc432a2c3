/// Times something again and again.
enum Stopwatch {
    /// The median time of `body`, in seconds: once to warm up, then at least three times and for about a second.
    ///
    /// - Parameters:
    ///   - mostRunCount: runs that are enough.
    ///   - body: what is timed.
    ///   - between: what is done after each run, not timed.
    static func median(
        mostRunCount: Int = 300, _ body: () throws -> Void, between: () -> Void = {}
    ) rethrows -> Double {
        try body()
        var times: [Duration] = []
        let start = ContinuousClock.now
        repeat {
            try times.append(ContinuousClock().measure(body))
            between()
        } while times.count < 3 || (times.count < mostRunCount && ContinuousClock.now - start < .seconds(1))
        return times.sorted()[times.count / 2].seconds
    }
}
