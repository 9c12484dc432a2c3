/// Writes the pickle of a state dict, opcode for opcode as PyTorch on Python's protocol 2 does.
package struct PickleWriter {
    /// The pickle so far.
    package private(set) var bytes: [UInt8] = [0x80, 2]
    /// The tensors in the order of the storage keys that the pickle gives them: `0`, `1`, ….
    private(set) var tensors: [(name: String, tensor: WritableTensor)] = []

    private var memoCount = 0
    private var shared: [String: Int] = [:]

    /// The whole pickle of a dictionary.
    package init(_ root: CheckpointDictionary) {
        put(root, path: "")
        opcode(".")
    }

    private mutating func put(_ dictionary: CheckpointDictionary, path: String) {
        if dictionary.isOrdered { putEmptyOrderedDictionary() } else { putMemoized { $0.opcode("}") } }
        // Python hands out a thousand items at a time.
        for start in stride(from: 0, to: dictionary.members.count, by: 1000) {
            let batch = dictionary.members[start..<min(start + 1000, dictionary.members.count)]
            if batch.count > 1 { opcode("(") }
            for (name, value) in batch {
                put(name)
                switch value {
                case .tensor(let tensor):
                    tensors.append((path + name, tensor))
                    put(tensor, key: tensors.count - 1)
                case .tied(let other):
                    guard let key = tensors.firstIndex(where: { $0.name == other }) else {
                        preconditionFailure("\(path + name) is tied to \(other), which does not stand before it")
                    }
                    put(tensors[key].tensor, key: key)
                case .scalar(let scalar): put(scalar)
                case .dictionary(let inner): put(inner, path: "\(path)\(name).")
                }
            }
            opcode(batch.count > 1 ? "u" : "s")
        }
    }

    private mutating func put(_ tensor: WritableTensor, key: Int) {
        let extents = tensor.info.shape.dimensions
        var strides = [Int](repeating: 1, count: extents.count)
        for dimension in extents.indices.dropLast().reversed() {
            strides[dimension] = strides[dimension + 1] * max(extents[dimension + 1], 1)
        }
        putGlobal("torch._utils", "_rebuild_tensor_v2")
        opcode("(")
        opcode("(")
        putShared("storage")
        putGlobal("torch", tensor.info.scalarType.torchStorageName)
        putShared(String(key), identity: "key \(key)")
        putShared("cpu")
        put(tensor.info.shape.elementCount)
        putMemoized { $0.opcode("t") }
        opcode("Q")
        put(0)
        putTuple(extents)
        putTuple(strides)
        bytes.append(0x89)
        putEmptyOrderedDictionary()
        putMemoized { $0.opcode("t") }
        putMemoized { $0.opcode("R") }
    }

    private mutating func put(_ scalar: CheckpointScalar) {
        switch scalar {
        case .integer(let value): put(value)
        case .bool(let value): bytes.append(value ? 0x88 : 0x89)
        case .string(let value): put(value)
        case .float(let value):
            opcode("G")
            bytes.appendLittle(value.bitPattern.byteSwapped)
        }
    }

    private mutating func put(_ value: Int) {
        if let byte = UInt8(exactly: value) {
            opcode("K")
            bytes.append(byte)
        } else if let short = UInt16(exactly: value) {
            opcode("M")
            bytes.appendLittle(short)
        } else if let word = Int32(exactly: value) {
            opcode("J")
            bytes.appendLittle(word)
        } else {
            var digits: [UInt8] = []
            digits.appendLittle(Int64(value))
            // As few bytes as hold the number and its sign.
            let sign: UInt8 = value < 0 ? 0xff : 0
            while digits.count > 1, digits.last == sign, (digits[digits.count - 2] ^ sign) < 0x80 {
                digits.removeLast()
            }
            bytes += [0x8a, UInt8(digits.count)] + digits
        }
    }

    private mutating func put(_ text: String) { putMemoized { $0.putBare(text) } }

    private mutating func putBare(_ text: String) {
        opcode("X")
        bytes.appendLittle(UInt32(text.utf8.count))
        bytes += text.utf8
    }

    private mutating func putTuple(_ values: [Int]) {
        if values.isEmpty { return opcode(")") }
        if values.count > 3 { opcode("(") }
        for value in values { put(value) }
        putMemoized {
            if values.count > 3 { $0.opcode("t") } else { $0.bytes.append(0x84 + UInt8(values.count)) }
        }
    }

    private mutating func putEmptyOrderedDictionary() {
        putGlobal("collections", "OrderedDict")
        opcode(")")
        putMemoized { $0.opcode("R") }
    }

    /// A name that is written once and recalled from then on.
    private mutating func putGlobal(_ module: String, _ name: String) {
        putOnce("\(module)\n\(name)\n") {
            $0.opcode("c")
            $0.bytes += "\(module)\n\(name)\n".utf8
        }
    }

    /// A text that is the same object in Python wherever it occurs.
    private mutating func putShared(_ text: String, identity: String? = nil) {
        putOnce(identity ?? text) { $0.putBare(text) }
    }

    private mutating func putOnce(_ key: String, _ body: (inout PickleWriter) -> Void) {
        guard let place = shared[key] else {
            shared[key] = memoCount
            return putMemoized(body)
        }
        if let byte = UInt8(exactly: place) {
            opcode("h")
            bytes.append(byte)
        } else {
            opcode("j")
            bytes.appendLittle(UInt32(place))
        }
    }

    private mutating func putMemoized(_ body: (inout PickleWriter) -> Void) {
        body(&self)
        if let byte = UInt8(exactly: memoCount) {
            opcode("q")
            bytes.append(byte)
        } else {
            opcode("r")
            bytes.appendLittle(UInt32(memoCount))
        }
        memoCount += 1
    }

    private mutating func opcode(_ scalar: Unicode.Scalar) { bytes.append(UInt8(ascii: scalar)) }
}
