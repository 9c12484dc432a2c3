/// Where a file keeps a tensor. The reader that makes one has checked that every element lies inside the file.
struct StoredTensor: Sendable, Hashable {
    var info: TensorInfo
    /// Where element zero starts, from the start of the file.
    var byteOffset: Int
    /// Elements from one index to the next along each dimension; `nil` when the elements lie in row-major order.
    var strides: [Int]?
    /// Which of the checkpoint's files it is in.
    var fileNumber = 0

    /// More dimensions than any model has; a limit, so that a file cannot ask for work in proportion to a number.
    static let rankLimit = 64

    /// The bytes of a tensor without strides.
    var byteRange: Range<Int> {
        byteOffset..<byteOffset + info.shape.elementCount * info.scalarType.byteCount
    }

    /// The bytes from the first element to the last.
    var byteExtent: Range<Int> {
        guard let strides, info.shape.elementCount > 0 else { return byteRange }
        let last = zip(info.shape.dimensions, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
        return byteOffset..<byteOffset + (last + 1) * info.scalarType.byteCount
    }
}

/// What opening a checkpoint finds out, whatever the format.
struct CheckpointIndex: Sendable {
    var tensors: [String: StoredTensor] = [:]
    var scalars: [String: CheckpointScalar] = [:]
    /// Why a thing that is there under a name is no tensor that can be read. Few files have any, and no model needs
    /// them.
    var unreadable: [String: String] = [:]
    /// Those of them that are tensors, of types of elements that are not read.
    var unreadableTensors: Set<String> = []
    /// Tensors that repeat the elements of others: views that were saved along, which no model has to read.
    var repeated: Set<String> = []

    /// Takes the same text from the start of all names that have it.
    mutating func removePrefix(_ prefix: String) {
        func short(_ name: String) -> String { name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name }
        // Names of the file itself come first, should two become one.
        func renamed<Value>(_ table: [String: Value]) -> [String: Value] {
            let (own, other) = (table.filter { !$0.key.hasPrefix(prefix) }, table.filter { $0.key.hasPrefix(prefix) })
            return own.merging(other.map { (short($0.key), $0.value) }) { first, _ in first }
        }
        tensors = renamed(tensors)
        scalars = renamed(scalars)
        unreadable = renamed(unreadable)
        unreadableTensors = Set(unreadableTensors.map(short))
        repeated = Set(repeated.map(short))
    }
}
