/// What a client of the Realtime API says.
enum ClientEvent: Hashable, Sendable {
    /// The session object, as it came: what it leads to depends on what holds.
    case updateSession(JSON)
    case appendAudio([UInt8])
    case commitAudio
    case clearAudio
    case createItem(NewItem, after: ItemPlace)
    case truncateItem(id: String, contentIndex: Int, audioEndMilliseconds: Int)
    case deleteItem(id: String)
    case retrieveItem(id: String)
    case createResponse(ResponseRequest)
    case cancelResponse(id: String?)

    enum Role: String, Sendable { case user, assistant, system }

    /// Where in the conversation a new item goes.
    enum ItemPlace: Hashable, Sendable {
        case end, beginning
        case after(String)
    }
}

/// An event and the name that its sender gave it.
struct NamedClientEvent: Hashable, Sendable {
    /// The longest name of an event.
    static let maximumNameLength = 512

    let id: String?
    let event: ClientEvent

    /// Reads one message of a client.
    ///
    /// - Throws: ``APIError`` saying what is wrong with it.
    init(_ json: JSON) throws(APIError) {
        guard json.isObject else { throw .invalid("an event is a JSON object", code: "invalid_event") }
        id = Self.name(of: json)
        guard id != nil || json["event_id"] == nil else {
            throw .invalid(
                "event_id is a string of at most \(Self.maximumNameLength) bytes", code: "invalid_value",
                parameter: "event_id")
        }
        guard let type = json["type"]?.string else {
            throw .invalid("the event has no type", code: "missing_required_parameter", parameter: "type")
        }
        event = try ClientEvent(type, Fields(json))
    }

    /// The name of an event, also of one that makes no sense otherwise.
    static func name(of json: JSON) -> String? {
        json["event_id"]?.string.flatMap { $0.utf8.count <= maximumNameLength ? $0 : nil }
    }
}

extension ClientEvent {
    fileprivate init(_ type: String, _ fields: Fields) throws(APIError) {
        // Comparing a text of many combining characters takes long.
        switch type.utf8.count <= 64 ? type : type.excerpt() {
        case "session.update": self = .updateSession(try fields.object("session").json)
        case "transcription_session.update":
            // The name in the API's beta version, whose session has no type.
            var session = try fields.object("session").members
            session["type"] = "transcription"
            self = .updateSession(.object(session))
        case "input_audio_buffer.append": self = .appendAudio(try fields.base64("audio"))
        case "input_audio_buffer.commit": self = .commitAudio
        case "input_audio_buffer.clear": self = .clearAudio
        case "conversation.item.create":
            self = .createItem(
                try NewItem(try fields.object("item")),
                after: ItemPlace(try fields.optionalString("previous_item_id")))
        case "conversation.item.truncate":
            self = .truncateItem(
                id: try fields.string("item_id"), contentIndex: try fields.integer("content_index"),
                audioEndMilliseconds: try fields.integer("audio_end_ms"))
        case "conversation.item.delete": self = .deleteItem(id: try fields.string("item_id"))
        case "conversation.item.retrieve": self = .retrieveItem(id: try fields.string("item_id"))
        case "response.create": self = .createResponse(try ResponseRequest(fields.optionalObject("response")))
        case "response.cancel": self = .cancelResponse(id: try fields.optionalString("response_id"))
        default:
            throw .invalid(
                "there is no event “\(type.excerpt())”, or it is not supported", code: "unknown_event",
                parameter: "type")
        }
    }
}

extension ClientEvent.ItemPlace {
    /// - Parameter previous: `previous_item_id`; `root` is the beginning.
    init(_ previous: String?) {
        switch previous {
        case nil: self = .end
        case "root"?: self = .beginning
        case let id?: self = .after(id)
        }
    }
}
