// Package faults has many clients use a laptop cloud while its database fails, and
// holds what they were told against what is there afterwards: nothing that was
// acknowledged is lost, nothing is done twice, and whatever could not be done was
// refused honestly. Inside: the clients, the model beside them, the faults, the
// checks, load. Not inside: how faults come about, see infra/local/fault.
package faults
