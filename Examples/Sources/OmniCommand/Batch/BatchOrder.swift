/// Writes results in the order in which their questions came, whatever order they are finished in, each as soon as all
/// before it are written.
struct BatchOrder {
    private let output: BatchOutput
    private var nextIndex = 0
    private var waiting: [Int: BatchResult] = [:]
    private(set) var writtenCount = 0
    private(set) var failedCount = 0

    init(_ output: BatchOutput) { self.output = output }

    /// Results that are finished and wait for one before them.
    var waitingCount: Int { waiting.count }

    /// A question has come.
    ///
    /// - Returns: its place.
    mutating func begin() -> Int {
        defer { nextIndex += 1 }
        return nextIndex
    }

    mutating func finish(_ index: Int, _ result: BatchResult) throws {
        waiting[index] = result
        while let next = waiting.removeValue(forKey: writtenCount) {
            try output.write(next)
            writtenCount += 1
            if next.error != nil { failedCount += 1 }
        }
    }
}
