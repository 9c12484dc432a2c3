import OmniFormats

/// Makes ONNX messages of the bytes of a file. A field of another type than the format gives it is a fault; so is a
/// second value where the format has room for one message.
struct ONNXMessageReader {
    /// Graphs lie in attributes of nodes of graphs: three messages for each level, of which Silero's have four.
    private static let deepestMessage = 32

    private let bytes: [UInt8]
    private(set) var budget: ReadingBudget

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        budget = ReadingBudget(fileByteCount: bytes.count)
    }

    /// What is made of a message in the tables of the networks, of which a file has up to three that see it.
    private static let nodeByteCount = 6 * MemoryLayout<ONNXNodeProto>.stride
    private static let tensorByteCount = 6 * MemoryLayout<ONNXTensorProto>.stride
    private static let attributeByteCount = 2 * MemoryLayout<ONNXAttributeProto>.stride
    private static let nameByteCount = 64
    /// Exporters put the names of modules together; the longest have some hundred bytes. Many nodes may name one value,
    /// by way of a node that hands it on, and each looks it up.
    private static let longestText = 1024

    /// Takes memory from the budget.
    private mutating func spend(_ byteCount: Int) throws(Failure) {
        do { try budget.take(byteCount: byteCount) } catch { throw .overBudget(error) }
    }

    /// Why a file is not read.
    enum Failure: Error {
        case malformed(String)
        case overBudget(ReadingBudget.Exhausted)
    }

    private func next(_ reader: inout ProtobufReader) throws(Failure) -> ProtobufReader.Field? {
        do { return try reader.next() } catch { throw .malformed(error.reason) }
    }

    mutating func model() throws(Failure) -> ONNXModelProto {
        var model = ONNXModelProto()
        var reader = ProtobufReader(bytes)
        while let field = try next(&reader) {
            guard field.number == 7 else { continue }
            guard model.graph == nil else { throw Failure.malformed("a model of two graphs") }
            model.graph = try graph(try range(field), depth: 1)
        }
        return model
    }

    private mutating func graph(_ range: Range<Int>, depth: Int) throws(Failure) -> ONNXGraphProto {
        var graph = ONNXGraphProto()
        var reader = ProtobufReader(bytes, range: range)
        while let field = try next(&reader) {
            switch field.number {
            case 1:
                try spend(Self.nodeByteCount)
                graph.node.append(try node(try self.range(field), depth: depth + 1))
            case 5:
                try spend(Self.tensorByteCount)
                graph.initializer.append(try tensor(try self.range(field)))
            case 11: graph.inputNames.append(try inputName(try self.range(field)))
            default: break
            }
        }
        return graph
    }

    private mutating func inputName(_ range: Range<Int>) throws(Failure) -> String {
        var name = ""
        var reader = ProtobufReader(bytes, range: range)
        while let field = try next(&reader) {
            if field.number == 1 { name = try text(field) }
        }
        return name
    }

    private mutating func node(_ range: Range<Int>, depth: Int) throws(Failure) -> ONNXNodeProto {
        var node = ONNXNodeProto()
        var reader = ProtobufReader(bytes, range: range)
        while let field = try next(&reader) {
            switch field.number {
            case 1: node.input.append(try text(field))
            case 2:
                // Each is the name of a node in a table.
                try spend(3 * (Self.nameByteCount + MemoryLayout<ONNXNodeProto>.stride))
                node.output.append(try text(field))
            case 4: node.opType = try text(field)
            case 5:
                try spend(Self.attributeByteCount)
                node.attribute.append(try attribute(try self.range(field), depth: depth + 1))
            default: break
            }
        }
        return node
    }

    private mutating func attribute(_ range: Range<Int>, depth: Int) throws(Failure) -> ONNXAttributeProto {
        guard depth < Self.deepestMessage else {
            throw Failure.malformed("messages nested more than \(Self.deepestMessage) deep")
        }
        var attribute = ONNXAttributeProto()
        var reader = ProtobufReader(bytes, range: range)
        while let field = try next(&reader) {
            switch field.number {
            case 1: attribute.name = try text(field)
            case 2: attribute.number = try floats(field).last ?? 0
            case 3: attribute.integer = Int64(bitPattern: try varint(field))
            case 4: attribute.text = Array(bytes[try self.range(field)])
            case 5:
                guard attribute.tensor == nil else { throw Failure.malformed("an attribute of two tensors") }
                attribute.tensor = try tensor(try self.range(field))
            case 6:
                guard attribute.graph == nil else { throw Failure.malformed("an attribute of two graphs") }
                attribute.graph = try graph(try self.range(field), depth: depth + 1)
            case 8: attribute.integers += try integers(field)
            default: break
            }
        }
        return attribute
    }

    private mutating func tensor(_ range: Range<Int>) throws(Failure) -> ONNXTensorProto {
        var tensor = ONNXTensorProto()
        var reader = ProtobufReader(bytes, range: range)
        while let field = try next(&reader) {
            switch field.number {
            case 1: tensor.dims += try integers(field)
            case 2: tensor.dataType = Int32(truncatingIfNeeded: try varint(field))
            case 4: tensor.floatData += try floats(field)
            case 5: tensor.int32Data += try integers(field)
            case 7: tensor.int64Data += try integers(field)
            case 8: tensor.name = try text(field)
            case 9: tensor.rawData = Array(bytes[try self.range(field)])
            case 14: tensor.dataLocation = Int32(truncatingIfNeeded: try varint(field))
            default: break
            }
        }
        return tensor
    }
}

extension ONNXMessageReader {
    private func wrongType(_ field: ProtobufReader.Field) -> Failure {
        Failure.malformed("field \(field.number) has another type than in ONNX")
    }

    private func range(_ field: ProtobufReader.Field) throws(Failure) -> Range<Int> {
        guard case .bytes(_, let range) = field else { throw wrongType(field) }
        return range
    }

    private func varint(_ field: ProtobufReader.Field) throws(Failure) -> UInt64 {
        guard case .varint(_, let value) = field else { throw wrongType(field) }
        return value
    }

    private mutating func text(_ field: ProtobufReader.Field) throws(Failure) -> String {
        let range = try range(field)
        try spend(Self.nameByteCount + range.count)
        guard range.count <= Self.longestText else {
            throw Failure.malformed("a name of \(range.count) bytes, more than \(Self.longestText)")
        }
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw Failure.malformed("the text of field \(field.number) is not UTF-8")
        }
        guard text.isStreamSafe else { throw Failure.malformed(StreamSafeText.fault) }
        return text
    }

    /// One number, or many without tags between them.
    private mutating func integers(_ field: ProtobufReader.Field) throws(Failure) -> [Int64] {
        if case .varint(_, let value) = field {
            try spend(16)
            return [Int64(bitPattern: value)]
        }
        let range = try range(field)
        // A number may take a single byte of the file.
        try spend(24 * range.count)
        do {
            return try ProtobufReader.packedVarints(bytes, range).map { Int64(bitPattern: $0) }
        } catch {
            throw Failure.malformed(error.reason)
        }
    }

    private mutating func floats(_ field: ProtobufReader.Field) throws(Failure) -> [Float] {
        if case .fixed32(_, let bits) = field { return [Float(bitPattern: bits)] }
        let range = try range(field)
        guard range.count % 4 == 0 else { throw wrongType(field) }
        return stride(from: range.lowerBound, to: range.upperBound, by: 4).map { place in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) })
        }
    }
}
