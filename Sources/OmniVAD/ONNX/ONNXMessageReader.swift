import OmniFormats

/// Makes ONNX messages of the bytes of a file. A field of another type than the format gives it is a fault; so is a second
/// value where the format has room for one message.
struct ONNXMessageReader {
    /// Graphs lie in attributes of nodes of graphs: three messages for each level, of which Silero's have four.
    private static let deepestMessage = 32

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func model() throws(ProtobufReader.Fault) -> ONNXModelProto {
        var model = ONNXModelProto()
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            guard field.number == 7 else { continue }
            guard model.graph == nil else { throw ProtobufReader.Fault("a model of two graphs") }
            model.graph = try graph(try range(field), depth: 1)
        }
        return model
    }

    private func graph(_ range: Range<Int>, depth: Int) throws(ProtobufReader.Fault) -> ONNXGraphProto {
        var graph = ONNXGraphProto()
        var reader = ProtobufReader(bytes, range: range)
        while let field = try reader.next() {
            switch field.number {
            case 1: graph.node.append(try node(try self.range(field), depth: depth + 1))
            case 5: graph.initializer.append(try tensor(try self.range(field)))
            case 11: graph.inputNames.append(try inputName(try self.range(field)))
            default: break
            }
        }
        return graph
    }

    private func inputName(_ range: Range<Int>) throws(ProtobufReader.Fault) -> String {
        var name = ""
        var reader = ProtobufReader(bytes, range: range)
        while let field = try reader.next() {
            if field.number == 1 { name = try text(field) }
        }
        return name
    }

    private func node(_ range: Range<Int>, depth: Int) throws(ProtobufReader.Fault) -> ONNXNodeProto {
        var node = ONNXNodeProto()
        var reader = ProtobufReader(bytes, range: range)
        while let field = try reader.next() {
            switch field.number {
            case 1: node.input.append(try text(field))
            case 2: node.output.append(try text(field))
            case 4: node.opType = try text(field)
            case 5: node.attribute.append(try attribute(try self.range(field), depth: depth + 1))
            default: break
            }
        }
        return node
    }

    private func attribute(_ range: Range<Int>, depth: Int) throws(ProtobufReader.Fault) -> ONNXAttributeProto {
        guard depth < Self.deepestMessage else {
            throw ProtobufReader.Fault("messages nested more than \(Self.deepestMessage) deep")
        }
        var attribute = ONNXAttributeProto()
        var reader = ProtobufReader(bytes, range: range)
        while let field = try reader.next() {
            switch field.number {
            case 1: attribute.name = try text(field)
            case 3: attribute.integer = Int64(bitPattern: try varint(field))
            case 4: attribute.text = Array(bytes[try self.range(field)])
            case 5:
                guard attribute.tensor == nil else { throw ProtobufReader.Fault("an attribute of two tensors") }
                attribute.tensor = try tensor(try self.range(field))
            case 6:
                guard attribute.graph == nil else { throw ProtobufReader.Fault("an attribute of two graphs") }
                attribute.graph = try graph(try self.range(field), depth: depth + 1)
            case 8: attribute.integers += try integers(field)
            default: break
            }
        }
        return attribute
    }

    private func tensor(_ range: Range<Int>) throws(ProtobufReader.Fault) -> ONNXTensorProto {
        var tensor = ONNXTensorProto()
        var reader = ProtobufReader(bytes, range: range)
        while let field = try reader.next() {
            switch field.number {
            case 1: tensor.dims += try integers(field)
            case 2: tensor.dataType = Int32(truncatingIfNeeded: try varint(field))
            case 4: tensor.floatData += try floats(field)
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
    private func wrongType(_ field: ProtobufReader.Field) -> ProtobufReader.Fault {
        ProtobufReader.Fault("field \(field.number) has another type than in ONNX")
    }

    private func range(_ field: ProtobufReader.Field) throws(ProtobufReader.Fault) -> Range<Int> {
        guard case .bytes(_, let range) = field else { throw wrongType(field) }
        return range
    }

    private func varint(_ field: ProtobufReader.Field) throws(ProtobufReader.Fault) -> UInt64 {
        guard case .varint(_, let value) = field else { throw wrongType(field) }
        return value
    }

    private func text(_ field: ProtobufReader.Field) throws(ProtobufReader.Fault) -> String {
        guard let text = String(validating: bytes[try range(field)], as: UTF8.self) else {
            throw ProtobufReader.Fault("the text of field \(field.number) is not UTF-8")
        }
        return text
    }

    /// One number, or many without tags between them.
    private func integers(_ field: ProtobufReader.Field) throws(ProtobufReader.Fault) -> [Int64] {
        if case .varint(_, let value) = field { return [Int64(bitPattern: value)] }
        return try ProtobufReader.packedVarints(bytes, range(field)).map { Int64(bitPattern: $0) }
    }

    private func floats(_ field: ProtobufReader.Field) throws(ProtobufReader.Fault) -> [Float] {
        if case .fixed32(_, let bits) = field { return [Float(bitPattern: bits)] }
        let range = try range(field)
        guard range.count % 4 == 0 else { throw wrongType(field) }
        return stride(from: range.lowerBound, to: range.upperBound, by: 4).map { place in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) })
        }
    }
}
