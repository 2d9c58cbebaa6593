"""A province as it is: all that lists and claims are written from.

Public: `creation.create`, `sizes.Size`. A doctor in a claim works at that facility on that day;
those who stay never need more beds than there are; there are no more members than people.

sizes, creation            what is asked for, and the world that follows from it
places                     communes and their people by sex and year of age
establishments, network    facilities with what they were before; all of the province
occupations, staffing, workers
                           who works where, since when, with what licence
assignments                who is sent to another place for a time
stations                   stations and points, and who is there on a day
membership                 holders of valid cards
published                  small worlds with figures that provinces published
"""
