package client

import (
	"errors"
	"fmt"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// ErrOutcomeUnknown is of units of which nobody could say whether they were committed: look what is there before doing
// it again.
var ErrOutcomeUnknown = errors.New("the outcome of Commit is not known")

// FieldViolation is a mistake of the request.
type FieldViolation struct {
	// Field is its path in the request, "todo.title".
	Field string
	// Description says what is wrong, and what to send.
	Description string
}

// Details is what an error says to programs: the google.rpc details of its status. What it does not carry is left empty.
type Details struct {
	// Reason is "UNIQUE_VIOLATION", for example; "" when the error comes from elsewhere, a proxy or the network.
	Reason          string
	Metadata        map[string]string
	FieldViolations []FieldViolation
	// ResourceType is the full name of the entity that the error is about, ResourceName the key of its row.
	ResourceType, ResourceName string
	// RetryDelay is the least time to wait before trying again.
	RetryDelay time.Duration
}

// Constraint is the name of the database constraint that refused the row, or "".
func (d Details) Constraint() string { return d.Metadata["constraint"] }

// DetailsOf gives the details of an error of a call.
func DetailsOf(err error) Details {
	var details Details
	for _, detail := range status.Convert(err).Details() {
		switch found := detail.(type) {
		case *errdetails.ErrorInfo:
			if found.Domain == "rowkeeper" {
				details.Reason, details.Metadata = found.Reason, found.Metadata
			}
		case *errdetails.BadRequest:
			for _, one := range found.FieldViolations {
				details.FieldViolations = append(details.FieldViolations, FieldViolation{one.Field, one.Description})
			}
		case *errdetails.ResourceInfo:
			details.ResourceType, details.ResourceName = found.ResourceType, found.ResourceName
		case *errdetails.RetryInfo:
			details.RetryDelay = found.RetryDelay.AsDuration()
		}
	}
	return details
}

// Reason is the reason of a Rowkeeper error, "VERSION_MISMATCH" for example, or "" when the error came from elsewhere.
func Reason(err error) string { return DetailsOf(err).Reason }

// Explain is what to tell a person for whom Run should have done something: "transferred", for example.
func Explain(err error, done string) string {
	if errors.Is(err, ErrOutcomeUnknown) {
		return fmt.Sprintf("it is not known whether anything was %s; look before you run it again: %v", done, err)
	}
	return fmt.Sprintf("nothing was %s: %v", done, err)
}

// Answers of a server that did nothing with the call: it is starting or stopping.
func notServing(reason string) bool { return reason == "SHUTTING_DOWN" || reason == "SERVER_STARTING" }

// wasDropped says whether the call reached a server that had begun to close, where no method saw it.
func wasDropped(err error) bool {
	answer := status.Convert(err)
	return answer.Code() == codes.Canceled && answer.Message() == "CANCELLED" && len(answer.Details()) == 0
}
